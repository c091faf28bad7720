"""Conclusions in calibrated words, with what they stand on."""
