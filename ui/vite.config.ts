import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 2000, rollupOptions: { input: ["index.html", "paint.html"] } },
  server: { port: 5173, strictPort: true, fs: { allow: [".."] } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/test/setup.ts"], testTimeout: 30_000, server: { deps: { inline: [/geostyler/] } } },
});
