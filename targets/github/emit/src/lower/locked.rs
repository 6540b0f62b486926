//! The actions that pipec itself calls, at the commits in `pipec.lock`.

use super::Lowering;
use crate::document::{CalledAction, Input, Step, Work, Workflow};
use pipec_base::codes;
use pipec_ir::PinnedAction;
use std::sync::Arc;

impl Lowering<'_> {
    /// Replaces each action with the newest entry of the lock that accepts the same call.
    pub(super) fn take_locked(&self, workflow: &mut Workflow) {
        for step in workflow.jobs.iter_mut().flat_map(|job| &mut job.steps) {
            if let Some(locked) = self.locked(step)
                && let Work::Uses(action, _) = &mut step.work
            {
                let is_spelled_alike = locked.name == action.name;
                *action = CalledAction::Shared(if is_spelled_alike {
                    Arc::clone(locked)
                } else {
                    Arc::new(PinnedAction { name: action.name.clone(), ..PinnedAction::clone(locked) })
                });
            }
        }
    }

    fn locked(&self, step: &Step) -> Option<&Arc<PinnedAction>> {
        let Work::Uses(CalledAction::Own(own), inputs) = &step.work else { return None };
        let lock = &self.program.lock;
        // GitHub's names ignore case.
        let is_named = |locked: &PinnedAction| locked.name.eq_ignore_ascii_case(&own.name);
        let fits =
            |locked: &&Arc<PinnedAction>| is_named(locked) && lacks(locked, own, inputs, step).is_none();
        if let Some(locked) = lock.actions.iter().find(fits) {
            return Some(locked);
        }
        // The lock can't hold this version twice, so it can't also hold that of the catalogue.
        let same = |locked: &&Arc<PinnedAction>| is_named(locked) && locked.version == own.version;
        let locked = lock.actions.iter().find(same)?;
        if let Some(lacks) = lacks(locked, own, inputs, step) {
            self.error(
                codes::P0706,
                &self.pipeline.origin,
                format!("according to `pipec.lock`, `{}` {} {lacks}", own.name, own.version),
                "fix its entry there, or remove it: `pipec build` then writes the one that pipec knows",
            );
        }
        None
    }
}

/// What a locked action lacks for the call that the catalogue's accepts.
fn lacks(
    locked: &PinnedAction,
    own: &PinnedAction,
    inputs: &[(String, Input)],
    step: &Step,
) -> Option<String> {
    let given = |name: &String| inputs.iter().any(|(given, _)| given == name);
    if let Some((name, _)) = inputs.iter().find(|(name, _)| !locked.inputs.contains_key(name)) {
        return Some(format!("has no input `{name}`, which pipec uses"));
    }
    if let Some((name, _)) = locked.inputs.iter().find(|(name, input)| input.required && !given(name)) {
        return Some(format!("requires `{name}`, which pipec does not give"));
    }
    // Only a step that has an id is asked for what it leaves.
    let left = own.outputs.iter().find(|name| step.id.is_some() && !locked.outputs.contains(*name));
    left.map(|name| format!("has no output `{name}`, which pipec reads"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pins;
    use pipec_ir::{ActionInput, InputForm};

    #[test]
    fn a_locked_action_takes_and_leaves_what_pipec_gives_and_reads() {
        let own = pins::CACHE_RESTORE.action();
        let inputs = vec![("path", Input::Flag(true)), ("key", Input::Flag(true))];
        let without = Step::uses("Fetch", &pins::CACHE_RESTORE, inputs);
        let with_id = Step { id: Some("cache".to_owned()), ..without.clone() };
        let fault_of = |change: &dyn Fn(&mut PinnedAction), step: &Step| {
            let mut locked = own.clone();
            change(&mut locked);
            let Work::Uses(_, inputs) = &step.work else { panic!("no call") };
            lacks(&locked, own, inputs, step)
        };
        assert_eq!(fault_of(&|_| {}, &with_id), None);
        let takes_no_path = fault_of(&|locked| locked.inputs.retain(|name, _| name != "path"), &with_id);
        assert_eq!(takes_no_path.as_deref(), Some("has no input `path`, which pipec uses"));
        let asks = |locked: &mut PinnedAction| {
            let input = ActionInput { ty: InputForm::String, required: true };
            locked.inputs.insert("more".to_owned(), input);
        };
        assert_eq!(fault_of(&asks, &with_id).as_deref(), Some("requires `more`, which pipec does not give"));
        let silent = |locked: &mut PinnedAction| locked.outputs.clear();
        let first = own.outputs.first().unwrap();
        assert_eq!(fault_of(&silent, &with_id), Some(format!("has no output `{first}`, which pipec reads")));
        assert_eq!(fault_of(&silent, &without), None, "nothing reads what a step without an id leaves");
    }
}
