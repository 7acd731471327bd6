/** The one door to the engine: the window's, or the bridge's when the page runs in a browser. Knows
 *  no screen. */
import type { Failure } from "../bindings/Failure";

export type Told = (event: unknown) => void;

export interface Host {
  call<T>(command: string, request: object, onEvent?: Told): Promise<T>;
  /** What the host says unasked: `dragging`, `dropped`, `opened`. */
  listen(name: string, hear: (payload: unknown) => void): () => void;
  tileUrl(key: string, layer: number): string;
}

/** What a call rejects with, always. */
export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message[1]);
    this.failure = failure;
  }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}

/** Anything thrown, as a failure to show. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Refused) return thrown.failure;
  if (isFailure(thrown)) return thrown;
  const says = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "HOST_SILENT",
    message: [`Le programme ne répond pas : ${says}`, `The program does not answer: ${says}`],
    hint: ["Relancez Quai.", "Start Quai again."],
    log: [],
  };
}

interface Tauri {
  core: typeof import("@tauri-apps/api/core");
  event: typeof import("@tauri-apps/api/event");
}

class TauriHost implements Host {
  readonly #tauri: Promise<Tauri>;
  constructor() {
    this.#tauri = Promise.all([import("@tauri-apps/api/core"), import("@tauri-apps/api/event")]).then(
      ([core, event]) => ({ core, event }),
    );
  }

  async call<T>(command: string, request: object, onEvent?: Told): Promise<T> {
    const { core } = await this.#tauri;
    const channel = new core.Channel<unknown>();
    if (onEvent) channel.onmessage = onEvent;
    try {
      return await core.invoke<T>("call", { command, request, onEvent: channel });
    } catch (thrown) {
      throw new Refused(failureOf(thrown));
    }
  }

  listen(name: string, hear: (payload: unknown) => void): () => void {
    const stop = this.#tauri.then(({ event }) => event.listen(name, (e) => hear(e.payload)));
    return () => void stop.then((end) => end());
  }

  tileUrl(key: string, layer: number): string {
    const origin = navigator.userAgent.includes("Windows") ? "http://quai.localhost" : "quai://localhost";
    return `${origin}/tiles/${key}/${layer}/{z}/{x}/{y}`;
  }
}

class BridgeHost implements Host {
  #events: EventSource | undefined;

  async call<T>(command: string, request: object, onEvent?: Told): Promise<T> {
    let answer: Response;
    try {
      const body = JSON.stringify(request);
      answer = await fetch(`/rpc/${command}`, { method: "POST", body, headers: { "content-type": "application/json" } });
    } catch (thrown) {
      throw new Refused(failureOf(thrown));
    }
    if (!answer.ok || !answer.body) throw new Refused(failureOf(`HTTP ${answer.status}`));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let left = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const lines = (left + value).split("\n");
      left = lines.pop() ?? "";
      for (const line of lines) {
        const said = JSON.parse(line) as { event?: unknown; ok?: T; failure?: Failure };
        if (said.failure) throw new Refused(said.failure);
        if ("ok" in said) return said.ok as T;
        onEvent?.(said.event);
      }
    }
    throw new Refused(failureOf("the answer was cut"));
  }

  listen(name: string, hear: (payload: unknown) => void): () => void {
    this.#events ??= new EventSource("/events");
    const events = this.#events;
    const listener = (e: MessageEvent<string>) => hear(JSON.parse(e.data));
    events.addEventListener(name, listener);
    return () => events.removeEventListener(name, listener);
  }

  tileUrl(key: string, layer: number): string {
    return `${location.origin}/tiles/${key}/${layer}/{z}/{x}/{y}`;
  }
}

let current: Host | undefined;

export function host(): Host {
  current ??= "__TAURI_INTERNALS__" in window ? new TauriHost() : new BridgeHost();
  return current;
}

/** Tests put another one in its place. */
export function setHost(other: Host): void {
  current = other;
}
