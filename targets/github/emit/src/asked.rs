//! What an output asks of GitHub by name: environments, and the check that branches require.
//!
//! Outputs of earlier versions have the same forms: `environment: production`, or `environment:` and then `name: shop-app`.

use pipec_lowering::VERDICT;
use std::collections::BTreeSet;

/// The names, each in words: "the environment `production`".
pub fn asked_of_platform(text: &str) -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    let mut job = "";
    let mut is_in_environment = false;
    for line in text.lines() {
        let indentation = line.len() - line.trim_start().len();
        let line = line.trim().split(" # ").next().unwrap_or_default();
        if indentation == 2 {
            job = line.strip_suffix(':').unwrap_or_default();
        }
        let value = |key: &str| line.strip_prefix(key).map(|value| value.trim().trim_matches('"'));
        match indentation {
            4 => {
                is_in_environment = line == "environment:";
                let environment = value("environment: ").map(environment);
                asked.extend(environment);
                if job == VERDICT {
                    asked.extend(value("name: ").map(|name| format!("the check `{name}`")));
                }
            }
            6 if is_in_environment => asked.extend(value("name: ").map(environment)),
            _ => {}
        }
    }
    asked
}

fn environment(name: &str) -> String {
    format!("the environment `{name}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_and_the_check_are_found_by_name() {
        let text = "jobs:\n  app:\n    name: app\n    environment:\n      name: shop-app\n      deployment: false # no\n    \
                    env:\n      name: other\n  deploy:\n    environment: production\n  verdict:\n    name: \"shop\"\n    \
                    steps:\n      - name: x\n";
        let wanted = ["the check `shop`", "the environment `production`", "the environment `shop-app`"];
        assert_eq!(asked_of_platform(text).into_iter().collect::<Vec<_>>(), wanted);
    }
}
