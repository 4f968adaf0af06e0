//! The browser as the widget sees it: elements, listeners, time, and its errors turned into ours. The one place where
//! JavaScript's exceptions become [`Trouble`]; nothing here knows what a survey is.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, EventTarget, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;

    /// An `input` or `textarea`: what both have, without asking which it is.
    #[wasm_bindgen(extends = Element, typescript_type = "HTMLInputElement")]
    #[derive(Clone)]
    pub(crate) type Field;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn value(this: &Field) -> String;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn checked(this: &Field) -> bool;

    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Field);

    /// What the events of pointers, keys and all others carry; a field that an event does not have reads as nothing.
    #[wasm_bindgen(extends = Event)]
    pub(crate) type Act;

    #[wasm_bindgen(method, getter, js_name = isTrusted)]
    pub(crate) fn is_trusted(this: &Act) -> bool;

    #[wasm_bindgen(method, getter, js_name = pointerType)]
    pub(crate) fn pointer_type(this: &Act) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn key(this: &Act) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = relatedTarget)]
    pub(crate) fn related_target(this: &Act) -> Option<Element>;

    #[wasm_bindgen(js_namespace = console)]
    fn warn(who: &str, what: &JsValue);
}

/// Something that the browser would not do, as the browser put it.
#[derive(Debug)]
pub(crate) struct Trouble(pub(crate) JsValue);

/// What an attempt came to.
pub(crate) type Outcome<T = ()> = Result<T, Trouble>;

impl From<JsValue> for Trouble {
    fn from(error: JsValue) -> Self {
        Trouble(error)
    }
}

impl From<&str> for Trouble {
    fn from(sentence: &str) -> Self {
        Trouble(sentence.into())
    }
}

impl Trouble {
    /// Says it in the console, where a web team looks; the visitor is told in the survey.
    pub(crate) fn say(&self) {
        warn("candor:", &self.0);
    }
}

/// The page's window.
pub(crate) fn window() -> Window {
    WINDOW.with(Clone::clone)
}

/// The page's document.
pub(crate) fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// An element with attributes and children.
pub(crate) fn element(tag: &str, attributes: &[(&str, &str)], children: &[&Element]) -> Outcome<Element> {
    let element = document().create_element(tag)?;
    for (name, value) in attributes {
        element.set_attribute(name, value)?;
    }
    for child in children {
        element.append_child(child)?;
    }
    Ok(element)
}

/// An element with nothing but text in it.
pub(crate) fn text(tag: &str, class: &str, text: &str) -> Outcome<Element> {
    let element = element(tag, &[("class", class)], &[])?;
    element.set_text_content(Some(text));
    Ok(element)
}

/// Shows an element or hides it from everybody.
pub(crate) fn set_hidden(element: &Element, hidden: bool) -> Outcome {
    Ok(if hidden { element.set_attribute("hidden", "") } else { element.remove_attribute("hidden") }?)
}

/// A plain object with these fields, for the browser's many options.
pub(crate) fn object(fields: &[(&str, &JsValue)]) -> Outcome<Object> {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from_str(name), value)?;
    }
    Ok(object)
}

/// A whole number from 0 to 99 as text.
pub(crate) fn digits(n: usize) -> String {
    let mut out = String::new();
    candor_survey::json::push_int(&mut out, n as i64);
    out
}

/// Milliseconds since the page began, by a clock that never jumps.
pub(crate) fn now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}

/// A promise that is kept after so many milliseconds.
pub(crate) fn after(ms: i32) -> Promise {
    Promise::new(&mut |resolve: Function, _| {
        // Where no timer can be had the promise stays open, and what waits for it simply does not come.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    })
}

/// What the promise is kept with, which must not be `undefined`; an error when it takes longer than so many milliseconds.
pub(crate) async fn within(ms: i32, promise: Promise) -> Outcome<JsValue> {
    let first = Promise::race(&Array::of2(&promise, &after(ms))).await?;
    if first.is_undefined() { Err("the browser did not answer in time".into()) } else { Ok(first) }
}

/// One Rust function listening to several events; all are given back when this is dropped.
pub(crate) struct Listeners {
    hear: Closure<dyn Fn(Act)>,
    to: Vec<(EventTarget, &'static str)>,
}

impl Listeners {
    /// Calls `hear` for each event of these kinds, once they are asked for by [`Listeners::to`].
    pub(crate) fn new(hear: impl Fn(Act) + 'static) -> Listeners {
        Listeners { hear: Closure::new(hear), to: Vec::new() }
    }

    /// Listens to these kinds of events on `target` too.
    pub(crate) fn to(mut self, target: &EventTarget, kinds: &[&'static str]) -> Outcome<Listeners> {
        for kind in kinds {
            target.add_event_listener_with_callback(kind, self.hear.as_ref().unchecked_ref())?;
            self.to.push((target.clone(), kind));
        }
        Ok(self)
    }
}

impl Drop for Listeners {
    fn drop(&mut self) {
        for (target, kind) in &self.to {
            // A target that is gone has no listeners left to remove.
            let _ = target.remove_event_listener_with_callback(kind, self.hear.as_ref().unchecked_ref());
        }
    }
}
