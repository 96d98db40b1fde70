"""From a document to whom each sentence refers to, in whose voice, and on what condition; no model is needed."""
