//! The independent model of GitHub Actions on whole workflows. Some are good, others are broken on purpose.

#[cfg(test)]
mod afterwards;
#[cfg(test)]
mod broken;
mod broken_caches;
#[cfg(test)]
mod broken_cleanup;
mod broken_deploys;
mod broken_legs;
mod broken_measures;
mod broken_retry;
mod broken_sidecars;
mod broken_windows;
#[cfg(test)]
mod directions;
#[cfg(test)]
mod loans;
mod mangled;
#[cfg(test)]
mod narrowed;
#[cfg(test)]
#[path = "../support/one_pipeline.rs"]
mod one_pipeline;
#[cfg(test)]
mod overridden;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod proved;
#[cfg(test)]
mod queue;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod registries;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod torn_down;
#[cfg(test)]
mod whole;
