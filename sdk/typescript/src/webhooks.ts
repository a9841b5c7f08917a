// Whether an event that came in is Munshi's.

/** True where an event was signed with the webhook's secret, at most `within` seconds ago; `body` as it came. */
export async function verify(
  secret: string,
  headers: Record<string, string | undefined>,
  body: string,
  within = 300,
): Promise<boolean> {
  const moment = Number(headers["webhook-timestamp"]);
  if (!Number.isInteger(moment) || Math.abs(Date.now() / 1_000 - moment) > within) return false;
  const raw = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (each) => each.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const signed = new TextEncoder().encode(`${headers["webhook-id"]}.${moment}.${body}`);
  for (const each of (headers["webhook-signature"] ?? "").split(" ")) {
    const [version, mac] = each.split(",", 2);
    if (version !== "v1" || !mac) continue;
    const given = Uint8Array.from(atob(mac), (one) => one.charCodeAt(0));
    if (await crypto.subtle.verify("HMAC", key, given, signed)) return true;
  }
  return false;
}
