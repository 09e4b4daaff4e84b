/** Whether this is Node with its stand-ins for a host, which keep to the contract less strictly. */
export const standIn = "process" in globalThis;
