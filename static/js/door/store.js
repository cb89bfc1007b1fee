// What the phone keeps: who it is, and the scans without an answer. Where the browser gives no storage, only this page's memory.
import { openDB } from "idb";

const NAME = "crosslinks-door";

class Memory {
  rows = { phone: new Map(), scans: new Map() };
  async get(table, key) { return this.rows[table].get(key); }
  async put(table, value, key) { this.rows[table].set(key ?? value.id, value); }
  async delete(table, key) { this.rows[table].delete(key); }
  async getAll(table) { return [...this.rows[table].values()]; }
  async clear(table) { this.rows[table].clear(); }
}

async function open() {
  try {
    return await openDB(NAME, 1, {
      upgrade(database) {
        database.createObjectStore("phone");
        database.createObjectStore("scans", { keyPath: "id" });
      },
    });
  } catch {
    return new Memory();
  }
}

const database = open();

export const loadPhone = async () => (await database).get("phone", "self");
export const keepPhone = async (phone) => (await database).put("phone", phone, "self");

/** Forget who the phone is; scans go only when they have been answered or the phone was sent away. */
export async function wipe() {
  const opened = await database;
  await opened.clear("phone");
  await opened.clear("scans");
}

export async function loadScans() {
  const kept = await (await database).getAll("scans");
  return kept.sort((a, b) => a.order - b.order);
}

export const keepScan = async (kept) => (await database).put("scans", kept);
export const dropScan = async (id) => (await database).delete("scans", id);
