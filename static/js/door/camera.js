// The camera: one frame at a time goes to the worker; what it reads comes back as text.
const SIDE = 800;
const PAUSE = 60;

export class Camera {
  #worker = null;
  #stream = null;
  #canvas = document.createElement("canvas");
  #running = false;

  /** onText(text) for each code; onBroken() when the reader could not be loaded, and the camera is off. */
  constructor(video, { scanner, reader, onText, onBroken }) {
    Object.assign(this, { video, scanner, reader, onText, onBroken });
  }

  get running() {
    return this.#running;
  }

  /** Ask for the camera and start reading; return "" or why not: insecure, refused or none. */
  async start() {
    if (this.#running) return "";
    if (!window.isSecureContext || !navigator.mediaDevices) return "insecure";
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 960 } };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    } catch (error) {
      return error.name === "NotAllowedError" ? "refused" : "none";
    }
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => {});
    this.#startWorker();
    this.#running = true;
    this.#look();
    return "";
  }

  stop() {
    this.#running = false;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }

  /** Turn off what looks alive and reads nothing; the next start tries a fresh worker. */
  #break() {
    this.#worker?.terminate();
    this.#worker = null;
    if (!this.#running) return;
    this.stop();
    this.onBroken();
  }

  #startWorker() {
    if (this.#worker) return;
    this.#worker = new Worker(this.scanner, { type: "module" });
    this.#worker.postMessage({ reader: new URL(this.reader, location.href).href });
    this.#worker.addEventListener("error", () => this.#break());
    this.#worker.addEventListener("message", ({ data }) => {
      if (data.broken) {
        this.#break();
        return;
      }
      if (data.text) this.onText(data.text);
      setTimeout(() => this.#look(), PAUSE);
    });
  }

  /** Send the middle square of the present frame to the worker. */
  #look() {
    if (!this.#running) return;
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || document.hidden) {
      setTimeout(() => this.#look(), 4 * PAUSE);
      return;
    }
    const cut = Math.min(width, height);
    const side = Math.min(cut, SIDE);
    this.#canvas.width = side;
    this.#canvas.height = side;
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.video, (width - cut) / 2, (height - cut) / 2, cut, cut, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    this.#worker.postMessage({ pixels: data, width: side, height: side }, [data.buffer]);
  }
}
