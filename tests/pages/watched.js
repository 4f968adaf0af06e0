// Counts every call a page makes to what could keep something on a device or tell one device from another. It is the
// page's first script; `watched` lists what was called since it was last asked, and by whom.
(() => {
  "use strict";
  const calls = [];
  const { apply, getOwnPropertyDescriptor, defineProperty } = Reflect;

  // Only what Candor's files call counts: the page and the browser's driver are their own affair.
  const count = (name) => {
    const stack = new Error().stack || "";
    if (/\/candor[\w-]*\.(js|wasm)/.test(stack)) calls.push(name);
  };

  /** Watches a member of an object: a method's calls, an accessor's reads and writes. */
  const watch = (object, owner, name) => {
    const descriptor = object && getOwnPropertyDescriptor(object, name);
    if (!descriptor) return;
    const full = `${owner}.${name}`;
    if (typeof descriptor.value === "function") {
      const method = descriptor.value;
      defineProperty(object, name, { ...descriptor, value: function () { count(full); return new.target ? Reflect.construct(method, arguments, new.target) : apply(method, this, arguments); } });
    } else if (descriptor.get) {
      const { get, set } = descriptor;
      defineProperty(object, name, { ...descriptor, get() { count(full); return apply(get, this, []); }, set: set && function (value) { count(full + " ="); apply(set, this, [value]); } });
    }
  };

  /** What there is to watch: an object, and its members. */
  const WATCHED = {
    window: ["localStorage", "sessionStorage", "AudioContext", "OfflineAudioContext", "RTCPeerConnection", "SharedWorker", "openDatabase"],
    "Storage.prototype": ["getItem", "setItem", "removeItem", "clear", "key"],
    "Document.prototype": ["cookie", "requestStorageAccess"],
    "CookieStore.prototype": ["get", "getAll", "set", "delete"],
    "IDBFactory.prototype": ["open", "databases", "deleteDatabase"],
    "CacheStorage.prototype": ["open", "match", "has", "keys", "delete"],
    "StorageManager.prototype": ["getDirectory", "estimate", "persist", "persisted"],
    "ServiceWorkerContainer.prototype": ["register", "getRegistration", "getRegistrations"],
    "HTMLCanvasElement.prototype": ["getContext", "toDataURL", "toBlob"],
    "OffscreenCanvas.prototype": ["getContext", "convertToBlob"],
    "CanvasRenderingContext2D.prototype": ["getImageData", "measureText"],
    "WebGLRenderingContext.prototype": ["getParameter", "getExtension", "readPixels"],
    "FontFaceSet.prototype": ["check", "load", "forEach", "entries"],
    "Navigator.prototype": ["userAgent", "userAgentData", "appVersion", "appName", "platform", "vendor", "product", "productSub", "oscpu", "buildID", "plugins", "mimeTypes", "hardwareConcurrency", "deviceMemory", "maxTouchPoints", "languages", "connection", "getBattery", "getGamepads", "keyboard", "requestMediaKeySystemAccess", "webdriver", "cookieEnabled", "geolocation", "permissions", "mediaDevices", "bluetooth", "usb"],
    "Screen.prototype": ["width", "height", "availWidth", "availHeight", "colorDepth", "pixelDepth", "orientation"],
    "MediaDevices.prototype": ["enumerateDevices", "getUserMedia"],
    "Permissions.prototype": ["query"],
    "SpeechSynthesis.prototype": ["getVoices"],
    "Performance.prototype": ["memory"],
    "Intl.DateTimeFormat.prototype": ["resolvedOptions"],
  };

  for (const [owner, names] of Object.entries(WATCHED)) {
    const object = owner === "window" ? window : owner.split(".").reduce((object, key) => object?.[key], window);
    for (const name of names) watch(object, owner, name);
  }

  window.watched = () => calls.splice(0).sort().filter((name, i, all) => name !== all[i - 1]);
})();
