// Sound, vibration and a screen that stays on. The first tap unlocks sound.
let audio = null;
let lock = null;

const TONES = {
  admitted: [[1320, 0, 60]],
  ask: [[740, 0, 60], [740, 120, 60]],
  refused: [[185, 0, 400]],
};
const SHAKES = { admitted: [60], ask: [60, 60, 60], refused: [400] };

export function unlockSound() {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return;
  audio ??= new Context();
  audio.resume();
}

function tone([frequency, after, length]) {
  const start = audio.currentTime + after / 1000;
  const end = start + length / 1000;
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.6, start + 0.005);
  volume.gain.setValueAtTime(0.6, end - 0.005);
  volume.gain.linearRampToValueAtTime(0, end);
  const source = audio.createOscillator();
  source.type = frequency < 300 ? "square" : "sine";
  source.frequency.value = frequency;
  source.connect(volume).connect(audio.destination);
  source.start(start);
  source.stop(end);
}

/** Let people hear and feel the answer: admitted, ask or refused. */
export function signal(group) {
  if (audio?.state === "running") TONES[group]?.forEach(tone);
  navigator.vibrate?.(SHAKES[group] ?? 0);
}

export async function stayAwake() {
  if (!("wakeLock" in navigator) || lock) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = null; });
  } catch {
    lock = null;
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && audio) {
    audio.resume();
    stayAwake();
  }
});
