// The first message brings the program, which hears the others itself, and the name of the lock that is held from here on.
onmessage = ({ data: [module, lock, port] }) => {
  const held = () => {
    port.postMessage("held");
    return new Promise(() => {});
  };
  navigator.locks?.request(lock, held).catch(() => {});
  wasm_bindgen.initSync({ module });
};
