"""Programs from outside, written against the public protocols only; they import nothing of ours."""
