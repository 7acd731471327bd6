/** The gallery of states, built apart from the product: see src/test/gallery.tsx. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  base: "./",
  build: { target: "es2022", outDir: "dist-gallery", chunkSizeWarningLimit: 2000, rolldownOptions: { input: "gallery.html" } },
});
