"""Chinese technical text: cleaning, lexicon, segmentation, encoding, tagging."""
