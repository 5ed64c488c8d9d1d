"""Paper: leaflets, cards and the poster, as PDF."""
