"""What a trained model is and how it runs: numpy, tokenizers and onnxruntime only."""
