// Talking to the server. A request that got no answer throws NoConnection; any answer is returned.
const BASE = "/api/v1/door/";
const PATIENCE = 10000;

export class NoConnection extends Error {}

/** Return {status, body, retryAfter} of a request. */
export async function call(path, { token = "", body = undefined } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(BASE + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
      credentials: "omit",
      signal: stop.signal,
    });
    const read = await response.json().catch(() => null);
    return { status: response.status, body: read, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  } catch {
    throw new NoConnection();
  } finally {
    clearTimeout(timer);
  }
}

export const errorCode = (answer) => answer.body?.error?.code ?? "";
