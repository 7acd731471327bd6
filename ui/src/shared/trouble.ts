/** What kind of trouble a failure is, so that each is drawn as what it is and offers what helps. One
 *  table; a code that is not in it is a plain refusal. */

export type Trouble = "offline" | "signIn" | "noRight" | "noQuota" | "check" | "unstable" | "data" | "cancelled" | "refused";

const OF: Record<string, Trouble> = {
  UNAVAILABLE: "offline",
  HOST_SILENT: "offline",
  CONNECTION: "offline",
  UNREACHABLE: "offline",
  NETWORK: "offline",
  UNAUTHORIZED: "signIn",
  NOT_SIGNED_IN: "signIn",
  SIGN_IN_EXPIRED: "signIn",
  SIGNED_OUT: "signIn",
  LOCKED: "signIn",
  NO_ACCOUNT: "signIn",
  FORBIDDEN: "noRight",
  RIGHT_MISSING: "noRight",
  NO_DATASTORE: "noRight",
  NO_ENDPOINT: "noQuota",
  QUOTA: "noQuota",
  CHECK_FAILED: "check",
  DATA_BLOCKED: "data",
  PROCESSING_FAILED: "unstable",
  PUBLICATION_FAILED: "unstable",
  CANCELLED: "cancelled",
};

export const troubleOf = (code: string): Trouble => OF[code] ?? "refused";
