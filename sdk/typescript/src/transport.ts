// How calls reach the server: credentials, retries, streams and pages. Nothing but fetch.

import { problemOf, ConnectionFailed } from "./errors.js";
import type { Answer, Step, ToolAnswer } from "./models.js";

/** A request to be. */
export interface Call {
  method: string;
  path: string;
  at?: Record<string, string | number>;
  query?: Record<string, unknown>;
  body?: Record<string, unknown>;
  form?: Record<string, unknown>;
  content?: BodyInit;
  contentType?: string;
  idempotencyKey?: string;
  /** It may be sent again where nobody knows whether it arrived. */
  safe: boolean;
  answer: "json" | "bytes" | "nothing";
}

/** Where Munshi is served, and who asks. */
export interface Options {
  /** Where Munshi is served: http://127.0.0.1:7860 by default. */
  baseUrl?: string;
  /** An API key or a token; the sandbox on the same machine needs none. */
  key?: string;
  /** Attempts after the first: 4 by default. */
  retries?: number;
  /** Milliseconds for one attempt: 60,000 by default. */
  timeout?: number;
  fetch?: typeof fetch;
}

/** What a stream of an answer yields. */
export type ChatEvent = { kind: "step"; step: Step } | { kind: "answer"; answer: Answer };

const ADDRESS = "/api/v1";
/** Statuses by which a server says that it did nothing yet. */
const AGAIN = new Set([429, 503]);
/** Besides them where the call may be sent again whatever became of it. */
const AGAIN_IF_SAFE = new Set([500, 502, 504]);

/** What the client stands on. */
export class Transport {
  private readonly base: string;
  private readonly key: string | undefined;
  private readonly retries: number;
  private readonly timeout: number;
  private readonly fetching: typeof fetch;

  constructor(options: Options = {}) {
    this.base = (options.baseUrl ?? "http://127.0.0.1:7860").replace(/\/+$/, "") + ADDRESS;
    this.key = options.key;
    this.retries = options.retries ?? 4;
    this.timeout = options.timeout ?? 60_000;
    this.fetching = options.fetch ?? fetch;
  }

  protected async send<T>(call: Call): Promise<T> {
    const repeatable = call.safe || call.idempotencyKey !== undefined;
    for (let attempt = 0; ; attempt += 1) {
      let response: Response;
      try {
        response = await this.once(call, AbortSignal.timeout(this.timeout));
      } catch (error) {
        if (!repeatable || attempt >= this.retries) {
          throw new ConnectionFailed(`${call.method} ${call.path}: ${String(error)}`, { cause: error });
        }
        await pause(attempt, null);
        continue;
      }
      const again = AGAIN.has(response.status) || (repeatable && AGAIN_IF_SAFE.has(response.status));
      if (again && attempt < this.retries) {
        await response.body?.cancel();
        await pause(attempt, response.headers.get("retry-after"));
        continue;
      }
      if (!response.ok) throw await problemOf(response);
      if (call.answer === "nothing" || response.status === 204) return undefined as T;
      return (call.answer === "bytes" ? await response.arrayBuffer() : await response.json()) as T;
    }
  }

  private once(call: Call, signal: AbortSignal, accept = "application/json"): Promise<Response> {
    const path = call.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(call.at?.[name])));
    const query = parameters(call.query ?? {}).toString();
    const headers: Record<string, string> = { Accept: accept };
    if (this.key) headers["Authorization"] = `Bearer ${this.key}`;
    if (call.idempotencyKey) headers["Idempotency-Key"] = call.idempotencyKey;
    let body: BodyInit | undefined;
    if (call.content !== undefined) {
      body = call.content;
      headers["Content-Type"] = call.contentType ?? "application/octet-stream";
    } else if (call.form) {
      body = parameters(call.form);
    } else if (call.body) {
      body = JSON.stringify(call.body);
      headers["Content-Type"] = "application/json";
    }
    const address = this.base + path + (query ? `?${query}` : "");
    return this.fetching(address, { method: call.method, headers, signal, ...(body === undefined ? {} : { body }) });
  }

  /** Ask a question; yields each step as it is done, then the answer. */
  async *streamChat(given: { question: string; conversation_id?: string }): AsyncGenerator<ChatEvent> {
    const call: Call = { method: "POST", path: "/chat", body: { ...given }, safe: false, answer: "json" };
    const response = await this.once(call, AbortSignal.timeout(this.timeout), "text/event-stream");
    if (!response.ok || !response.body) throw await problemOf(response);
    let held = "";
    for await (const part of response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      held += part;
      for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
        const lines = held.slice(0, end).split("\n");
        held = held.slice(end + 2);
        const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
        const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
        if (name === "problem") throw await problemOf(new Response(data, { status: JSON.parse(data).status ?? 500 }));
        if (name === "step") yield { kind: "step", step: JSON.parse(data) as Step };
        if (name === "answer") yield { kind: "answer", answer: JSON.parse(data) as Answer };
      }
    }
  }

  /** Yields a tool's table page by page, all of one snapshot: `client.pages((page) => client.runSql({ sql, ...page }))`. */
  async *pages(
    call: (page: { page_size: number; cursor?: string }) => Promise<ToolAnswer>,
    pageSize = 1_000,
  ): AsyncGenerator<ToolAnswer> {
    let cursor: string | undefined;
    do {
      const page = await call({ page_size: pageSize, ...(cursor === undefined ? {} : { cursor }) });
      yield page;
      cursor = page.page?.next ?? undefined;
    } while (cursor !== undefined);
  }
}

function parameters(members: Record<string, unknown>): URLSearchParams {
  const made = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null) continue;
    for (const each of Array.isArray(value) ? value : [value]) made.append(name, String(each));
  }
  return made;
}

function pause(attempt: number, told: string | null): Promise<void> {
  const seconds = told && /^\d+$/.test(told) ? Number(told) : Math.min(0.25 * 2 ** attempt, 8) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
