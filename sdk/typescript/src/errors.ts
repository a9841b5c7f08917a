// What can go wrong: nothing was heard, or the server said what is wrong (RFC 9457).

/** Base of all. */
export class MunshiError extends Error {}

/** Nothing was heard from the server. */
export class ConnectionFailed extends MunshiError {}

/** The server said what is wrong; `type` tells a program, `detail` a person. */
export class Problem extends MunshiError {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string,
    readonly members: Record<string, unknown>,
  ) {
    super(`${status} ${title}: ${detail}`);
  }
}

/** The problem that an answer tells. */
export async function problemOf(response: Response): Promise<Problem> {
  let members: Record<string, unknown> = {};
  try {
    members = (await response.json()) as Record<string, unknown>;
  } catch {
    members = {};
  }
  const said = (name: string, otherwise: string): string => String(members[name] ?? otherwise);
  const requestId = response.headers.get("x-request-id") ?? "";
  return new Problem(response.status, said("type", "about:blank"), said("title", ""), said("detail", ""), requestId, members);
}
