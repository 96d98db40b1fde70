// Asks the service, and says in one sentence what was wrong. A busy service is asked again.

const MOST_TRIES = 8;
const LONGEST_WAIT = 30; // seconds

export class ServiceError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status; // 0 where the service could not be reached
  }
}

// The JSON of the answer. `onWait(seconds)` is told before each wait for a busy service; `signal` stops all.
export async function ask(path, { body, signal, onWait = () => {} } = {}) {
  const options = body === undefined ? { signal } : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  };
  for (let tries = 1; ; tries += 1) {
    const response = await reach(path, options);
    if (response.ok) return readJson(response);
    if (response.status !== 429 || tries === MOST_TRIES) throw await problemOf(response);
    const seconds = secondsToWait(response);
    onWait(seconds);
    await wait(seconds, signal);
  }
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The service cannot be reached. Is it running?", 0);
  }
}

async function readJson(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError("The answer of the service cannot be read.", response.status);
  }
}

// RFC 9457: title, detail, and the request id under which the service's log tells more.
async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const said = [problem.title, problem.detail].filter(Boolean).join(": ") || `The service answered ${response.status}`;
  const id = response.status >= 500 && problem.request_id ? ` (request ${problem.request_id})` : "";
  return new ServiceError(`${said}${id}`, response.status);
}

function secondsToWait(response) {
  const asked = Number(response.headers.get("Retry-After"));
  return asked > 0 ? Math.min(asked, LONGEST_WAIT) : 1;
}

function wait(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new DOMException("stopped", "AbortError"));
    }, { once: true });
  });
}
