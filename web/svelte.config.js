// Warnings of the compiler are errors of the build: most of them are about people who use no mouse.
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
};
