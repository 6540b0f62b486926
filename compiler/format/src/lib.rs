//! The one layout of a .pipe file.
