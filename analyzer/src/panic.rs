//! What the page says when the app has failed: one plain sentence and the place to report. It touches the page directly,
//! because the app that would draw it can no longer be trusted.

use crate::text::{TEXT, fill};
use std::panic::PanicHookInfo;

/// From now on a panic is said on the page.
pub(crate) fn speak_plainly() {
    std::panic::set_hook(Box::new(|info| {
        show(info);
    }));
}

fn show(info: &PanicHookInfo<'_>) -> Option<()> {
    let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
    let document = web_sys::window()?.document()?;
    let said = document.create_element("p").ok()?;
    said.set_class_name("stopped");
    said.set_attribute("role", "alert").ok()?;
    said.set_attribute("data-test", "problem").ok()?;
    said.set_text_content(Some(&fill(TEXT.stopped, &[("place", &place)])));
    document.body()?.prepend_with_node_1(&said).ok()
}
