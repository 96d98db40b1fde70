"""From labelled pairs to a bundle: data, fine-tuning, evaluation, export."""
