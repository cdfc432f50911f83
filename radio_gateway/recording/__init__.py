"""The flight recorder: the last frames of every link, and what may be given away of them."""
