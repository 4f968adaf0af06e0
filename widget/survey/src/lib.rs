//! The words both sides speak.
