//! A picture to take along: the figure as it stands, as SVG or PNG, handed to the browser's own download.

use crate::export;
use crate::session::Session;
use crate::text::{TEXT, fill};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Blob, Element};

#[wasm_bindgen(raw_module = "candor-picture")]
extern "C" {
    /// The picture of the figure around an element: picture.js.
    #[wasm_bindgen(catch)]
    async fn picture(inside: &Element, kind: &str) -> Result<JsValue, JsValue>;
}

/// The formats, in the order in which they are offered.
const KINDS: [(&str, &str, &str); 2] =
    [("svg", TEXT.picture_svg, "save-svg"), ("png", TEXT.picture_png, "save-png")];

/// The buttons; they stand in the figure that they are about.
#[component]
pub(crate) fn KeepPicture(finding: String) -> impl IntoView {
    let session = use_context::<Session>();
    let name = file_name(&finding);
    let buttons = KINDS.map(|(kind, label, hook)| {
        let name = [&name, ".", kind].concat();
        let save = move |event: leptos::ev::MouseEvent| {
            let inside: Element = event_target(&event);
            let name = name.clone();
            spawn_local(async move {
                let made = picture(&inside, kind).await.ok().and_then(|blob| blob.dyn_into::<Blob>().ok());
                let saved = made.is_some_and(|blob| export::save_blob(&name, &blob));
                let said = if saved { TEXT.export_done } else { TEXT.export_failed };
                if let Some(session) = session {
                    session.said.set(fill(said, &[("name", &name)]));
                }
            });
        };
        view! {
            <button type="button" class="plain" data-test=hook on:click=save>{label}</button>
            " "
        }
    });
    view! { <span class="keep-picture">{TEXT.picture_save} " " {buttons.collect_view()}</span> }
}

/// The finding as the name of a file: its words in lower case, up to 60 letters.
fn file_name(finding: &str) -> String {
    let words: Vec<String> = finding
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let mut name = String::new();
    for word in words {
        if name.len() + word.len() > 60 {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(&word);
    }
    if name.is_empty() { "picture".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_its_picture_shows() {
        assert_eq!(
            file_name("From 12 for Ann O’Hara to 58 for Søren"),
            "from-12-for-ann-o-hara-to-58-for-søren"
        );
        assert_eq!(file_name("?!"), "picture");
        assert!(file_name(&"word ".repeat(40)).len() <= 60);
    }
}
