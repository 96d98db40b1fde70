// The contrast of every piece of text with what lies behind it (WCAG 2.2, 1.4.3), the lowest first.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const onto = (color, ground) => {
    canvas.fillStyle = `rgb(${ground.join(" ")})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const ground = (each) => {
    if (each === null) return [255, 255, 255];
    return onto(getComputedStyle(each).backgroundColor, ground(each.parentElement));
  };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const found = [];
  for (const each of document.querySelectorAll("body *")) {
    const words = [...each.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!words || each.offsetParent === null) continue;
    const behind = ground(each);
    const [high, low] = [light(onto(getComputedStyle(each).color, behind)), light(behind)].sort((a, b) => b - a);
    found.push([(high + 0.05) / (low + 0.05), each.outerHTML.slice(0, 90)]);
  }
  return found.sort((one, other) => one[0] - other[0]);
}
