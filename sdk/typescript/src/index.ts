export { Munshi } from "./client.js";
export { ConnectionFailed, MunshiError, Problem } from "./errors.js";
export type * from "./models.js";
export type { ChatEvent, Options } from "./transport.js";
export { verify } from "./webhooks.js";
