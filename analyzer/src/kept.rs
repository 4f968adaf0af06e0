//! Plans that the analyst has pressed "remember" for, on this device. It is the only thing that the analyzer stores, it is
//! written and deleted here alone, and it holds no value of any file: names of columns, what they are read as, and labels.

use candor_engine::plan::Plan;
use leptos::prelude::window;

/// The key in the browser's storage.
const KEY: &str = "candor-plans";
/// As many plans are kept; the oldest goes first.
const MOST: usize = 20;

/// The plans that are kept, the latest first. What cannot be read is none.
pub(crate) fn plans() -> Vec<Plan> {
    let text =
        window().local_storage().ok().flatten().and_then(|storage| storage.get_item(KEY).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The kept plan for files with the same columns.
pub(crate) fn plan_for(plan: &Plan) -> Option<Plan> {
    plans().into_iter().find(|kept| same_header(kept, plan))
}

/// Keeps a plan, in the place of one for the same columns; false when the browser will not.
pub(crate) fn keep(plan: &Plan) -> bool {
    let mut kept = plans();
    kept.retain(|other| !same_header(other, plan));
    kept.insert(0, bare(plan));
    kept.truncate(MOST);
    write(&kept)
}

/// Forgets the plan for files with the same columns.
pub(crate) fn forget(plan: &Plan) -> bool {
    let mut kept = plans();
    kept.retain(|other| !same_header(other, plan));
    write(&kept)
}

/// Forgets all of them, so that nothing is stored any more.
pub(crate) fn forget_all() -> bool {
    write(&[])
}

fn write(plans: &[Plan]) -> bool {
    let Ok(Some(storage)) = window().local_storage() else { return false };
    if plans.is_empty() {
        return storage.remove_item(KEY).is_ok();
    }
    serde_json::to_string(plans).is_ok_and(|text| storage.set_item(KEY, &text).is_ok())
}

/// Whether files that these plans are for have the same columns.
fn same_header(one: &Plan, other: &Plan) -> bool {
    one.tool == other.tool
        && one.columns.len() == other.columns.len()
        && one.columns.iter().zip(&other.columns).all(|(a, b)| a.name == b.name)
}

/// The plan without the examples, which are values of the file.
pub(crate) fn bare(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.columns.iter_mut().for_each(|column| column.examples.clear());
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use candor_engine::plan::recognise;

    #[test]
    fn a_kept_plan_holds_no_value_of_the_file_and_fits_files_with_the_same_columns() {
        let one = recognise(b"store,score\nLeeds,9\nYork,3\n", "a.csv");
        let other = recognise(b"store,score\nBath,1\nEly,10\n", "b.csv");
        assert!(same_header(&one, &other));
        assert!(!same_header(&one, &recognise(b"shop,score\nBath,1\nEly,10\n", "b.csv")));
        let text = serde_json::to_string(&bare(&one)).unwrap();
        assert!(!text.contains("Leeds") && !text.contains("York"), "{text}");
    }
}
