//! The elements of a page as the widget sees them, and numbers as text. It may touch the document; it knows no survey.
//!
//! Only what the widget uses is named here, and without `Result`: with these arguments the DOM does not throw. A page that
//! has broken its own DOM makes it throw all the same; that passes through us into start.js, whose callers catch it.
//! web-sys, which must foresee everything, costs a visitor 3 KB more (SIZE.md).

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create(tag: &str) -> Element;

    /// An element of any kind; what only an `input` has reads as nothing elsewhere.
    #[derive(Clone, Debug, PartialEq)]
    pub type Element;

    #[wasm_bindgen(method, js_name = setAttribute)]
    pub(crate) fn set(this: &Element, name: &str, value: &str);

    #[wasm_bindgen(method, js_name = getAttribute)]
    pub(crate) fn get(this: &Element, name: &str) -> Option<String>;

    #[wasm_bindgen(method, setter, js_name = hidden)]
    pub(crate) fn set_hidden(this: &Element, hidden: bool);

    #[wasm_bindgen(method, setter, js_name = textContent)]
    pub(crate) fn set_text(this: &Element, text: &str);

    #[wasm_bindgen(method)]
    pub(crate) fn append(this: &Element, child: &Element);

    #[wasm_bindgen(method)]
    pub(crate) fn remove(this: &Element);

    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Element);

    #[wasm_bindgen(method)]
    pub(crate) fn closest(this: &Element, selector: &str) -> Option<Element>;

    #[wasm_bindgen(method)]
    pub(crate) fn contains(this: &Element, other: &Element) -> bool;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn value(this: &Element) -> String;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn checked(this: &Element) -> bool;
}

/// An element with attributes and children.
pub(crate) fn element(tag: &str, attributes: &[(&str, &str)], children: &[&Element]) -> Element {
    let element = create(tag);
    for (name, value) in attributes {
        element.set(name, value);
    }
    for child in children {
        element.append(child);
    }
    element
}

/// An element with nothing but text in it.
pub(crate) fn text(tag: &str, class: &str, text: &str) -> Element {
    let element = element(tag, &[("class", class)], &[]);
    element.set_text(text);
    element
}

/// A whole number as text.
pub(crate) fn digits(n: u32) -> String {
    let mut out = String::new();
    candor_survey::json::push_int(&mut out, i64::from(n));
    out
}

/// The texts one after the other. The standard library's `concat` is made for speed and four times the size.
pub(crate) fn join(texts: &[&str]) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(text);
    }
    out
}
