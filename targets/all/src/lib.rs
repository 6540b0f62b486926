//! The targets this version has.
