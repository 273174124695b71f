// What the JavaScript must keep to besides its format (prettier) and its types (tsc).
import js from "@eslint/js"
import globals from "globals"

export default [
  { ignores: ["node_modules/", "test-artifacts/", ".state/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "max-len": ["error", { code: 120, ignoreRegExpLiterals: true }],
      "no-control-regex": "off", // terminals speak in control characters
      "no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true, caughtErrors: "none" },
      ],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "off",
    },
  },
  { files: ["static/js/**/*.js"], languageOptions: { globals: globals.browser }, rules: { "no-shadow": "error" } },
  { files: ["tests/**/*.mjs", "eslint.config.js"], languageOptions: { globals: globals.node } },
]
