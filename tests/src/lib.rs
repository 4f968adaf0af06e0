//! Whole-product tests; see the files under tests/.
