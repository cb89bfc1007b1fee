// Reads codes from camera frames, in a worker, so that the page stays quick.
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

const OPTIONS = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: true };

self.addEventListener("message", async ({ data }) => {
  if (data.reader) {
    try {
      await prepareZXingModule({ overrides: { locateFile: () => data.reader }, fireImmediately: true });
    } catch {
      self.postMessage({ broken: true });
    }
    return;
  }
  let text = "";
  try {
    const [found] = await readBarcodes(new ImageData(data.pixels, data.width, data.height), OPTIONS);
    text = found?.isValid ? found.text : "";
  } catch (error) {
    self.postMessage({ text: "", error: String(error) });
    return;
  }
  self.postMessage({ text });
});
