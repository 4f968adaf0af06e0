// Whether a page's globals are as they were. It is the page's first script, so that it holds what the browser brought;
// `take` is called once the page has done its worst, `changes` and `said` when Candor has come and gone.
(() => {
  "use strict";
  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, apply } = Reflect;
  const is = Object.is;
  const nothing = Object.create(null);
  const SLOTS = ["value", "get", "set", "writable", "enumerable", "configurable"];
  const attributes = Element.prototype.getAttributeNames;
  const attribute = Element.prototype.getAttribute;

  // By index alone: a page may have replaced every method of an array, or made it inherit setters.
  const put = (list, value) => Reflect.defineProperty(list, list.length, { __proto__: null, value, writable: true, enumerable: true, configurable: true });

  /** Everything of the page that a stranger's script could touch: names and the objects that have them. */
  const places = () => {
    const found = [];
    const named = (name, object) => {
      if ((typeof object !== "object" && typeof object !== "function") || object === null) return;
      for (let i = 0; i < found.length; i++) if (found[i].object === object) return;
      put(found, { __proto__: null, name, object });
    };
    named("window", window);
    named("document", document);
    named("navigator", navigator);
    named("location", location);
    const keys = ownKeys(window);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (typeof key !== "string") continue;
      const descriptor = getOwnPropertyDescriptor(window, key);
      const value = descriptor && descriptor.value;
      if (typeof value !== "function" && !(value && (key === "JSON" || key === "Math" || key === "Reflect" || key === "console" || key === "Intl" || key === "WebAssembly"))) continue;
      named(key, value);
      const prototype = typeof value === "function" && getOwnPropertyDescriptor(value, "prototype");
      if (prototype) named(key + ".prototype", prototype.value);
    }
    return found;
  };

  /** The properties of an object, each with its descriptor. */
  const shape = (object) => {
    const properties = [];
    const keys = ownKeys(object);
    for (let i = 0; i < keys.length; i++) {
      const descriptor = getOwnPropertyDescriptor(object, keys[i]);
      if (descriptor) put(properties, { __proto__: null, key: keys[i], descriptor });
    }
    return { __proto__: null, prototype: getPrototypeOf(object), properties };
  };

  const lookup = (properties, key) => {
    for (let i = 0; i < properties.length; i++) if (properties[i].key === key) return properties[i].descriptor;
    return nothing;
  };

  const marks = (element) => {
    let text = "";
    const names = apply(attributes, element, []);
    for (let i = 0; i < names.length; i++) text += ` ${names[i]}=${apply(attribute, element, [names[i]])}`;
    return text;
  };

  // What the console is told; a page may close it later.
  let said = "";
  const warn = console.warn;
  console.warn = (...what) => {
    for (let i = 0; i < what.length; i++) said += (i ? " " : said && "\n") + what[i];
    apply(warn, console, what);
  };

  let before;
  /** What changes by itself, what we are known by, and what Chromium's driver leaves behind. */
  const LIVELY = ["window.ret_nodes", "window.se_exportedFunctionSymbol", "window.event", "window.candor", "window.scrollX", "window.scrollY", "window.pageXOffset", "window.pageYOffset", "window.performance", "window.length", "window.origin"];

  Object.defineProperty(window, "untouched", {
    value: {
      get said() {
        return said;
      },
      take() {
        before = places();
        for (let i = 0; i < before.length; i++) before[i].shape = shape(before[i].object);
        before.html = marks(document.documentElement);
        before.head = marks(document.head);
      },
      /** What is not as it was, as names. */
      get changes() {
        const changed = [];
        for (let i = 0; i < before.length; i++) {
          const { name, object, shape: was } = before[i];
          const now = shape(object);
          if (now.prototype !== was.prototype) put(changed, name + ".__proto__");
          for (let side = 0; side < 2; side++) {
            const from = (side ? was : now).properties;
            const other = (side ? now : was).properties;
            for (let j = 0; j < from.length; j++) {
              const full = name + "." + (typeof from[j].key === "symbol" ? "symbol" : from[j].key);
              let lively = false;
              for (let k = 0; k < LIVELY.length; k++) lively ||= LIVELY[k] === full;
              const there = lookup(other, from[j].key);
              for (let k = 0; k < SLOTS.length && !lively; k++) {
                if (is(from[j].descriptor[SLOTS[k]], there[SLOTS[k]])) continue;
                put(changed, full + " " + SLOTS[k]);
                break;
              }
            }
          }
        }
        if (before.html !== marks(document.documentElement)) put(changed, "<html>" + marks(document.documentElement));
        if (before.head !== marks(document.head)) put(changed, "<head>" + marks(document.head));
        let text = "";
        for (let i = 0; i < changed.length; i++) text += (i ? "; " : "") + changed[i];
        return text;
      },
    },
  });
})();
