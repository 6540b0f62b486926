//! The standard library: the modules that `use std.NAME` takes in, embedded.

macro_rules! modules {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("std/", $name, ".pipe"), include_str!(concat!("../std/", $name, ".pipe")))),+]
    };
}

/// Every module: its path and its text, by name.
pub const MODULES: &[(&str, &str)] = modules![
    "go",
    "helm",
    "java",
    "kubernetes",
    "node",
    "oci",
    "pages",
    "python",
    "release",
    "rust",
    "security",
];
