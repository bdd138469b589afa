//! Sessions side by side, and a run that is stopped.
