"use strict";
// Bytes of a <script type="application/octet-stream" id=NAME>: base64 of a gzip stream. Plotly of 4.8 MB
// takes 2 MB of the file this way, and the browser inflates it in the time that a disk needs to read the rest.
async function unpack(name) {
  const holder = document.getElementById(name);
  if (!holder) throw new Error(`nothing is packed as ${name}`);
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot inflate data; it takes Chrome 80, Firefox 113, Safari 16.4 or later");
  }
  const text = atob(holder.textContent.trim());
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  holder.remove(); // the text is not needed twice, and weighs as much as the data
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The same as text.
async function unpackText(name) {
  return new TextDecoder().decode(await unpack(name));
}

// Run a packed library, which then stands on `window` as if a <script> of its own had loaded it.
async function unpackScript(name) {
  const script = document.createElement("script");
  script.textContent = await unpackText(name);
  document.head.append(script);
}
