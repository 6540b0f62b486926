//! The standard library: the embedded modules for `use std.NAME`.

macro_rules! modules {
    ($($name:literal),+ $(,)?) => {
        &[$((concat!("std/", $name, ".pipe"), include_str!(concat!("../std/", $name, ".pipe")))),+]
    };
}

/// Every module by name, with its path and its text.
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
