// An article to try the page with. Its events and quotations are invented.

const PARAGRAPHS = [
  "Armenia offered on Monday to host a new round of talks on the border and said its team could be ready soon. " +
    '"We want this settled at the table," the Armenian foreign minister said.',
  "Azerbaijan will attend only if Armenian troops first leave the border villages, its Foreign Ministry said. " +
    "Russia rejected mediation by the European Union and called the whole effort a show. " +
    "The European Union said its monitors would stay in any case.",
  "Turkey urged both sides to meet without delay. Iran, which shares a border with the two, did not comment.",
];

export const EXAMPLE = {
  title: "Armenia offers to host border talks as Azerbaijan sets a condition",
  date: "2024-05-20",
  text: PARAGRAPHS.join("\n\n"),
};
