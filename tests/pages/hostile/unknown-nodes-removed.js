(function () {
  // A page that tidies up after advertisers: what it does not know is taken away at once.
  new MutationObserver((changes) => { for (const { addedNodes } of changes) for (const node of addedNodes) if (node.localName && node.localName.includes("-")) node.remove() }).observe(document, { childList: true, subtree: true });
})();
