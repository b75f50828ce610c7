#pragma once
#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <wchar.h>
#include <curses.h>
#include <term.h>

// C globals and macros that Swift does not let through as they are. The names of term.h are macros of short words;
// those that Swift code would trip over are undefined again.
static inline WINDOW *whodiff_stdscr(void) { return stdscr; }
static inline WINDOW *whodiff_curscr(void) { return curscr; }
static inline int whodiff_colors(void) { return tigetnum("colors"); }
static inline const char *whodiff_codeset(void) { return nl_langinfo(CODESET); }

static inline uint32_t whodiff_attr_bold(void) { return A_BOLD; }
static inline uint32_t whodiff_attr_reverse(void) { return A_REVERSE; }
static inline uint32_t whodiff_attr_underline(void) { return A_UNDERLINE; }

// One cell of a base character and its combining marks; false where curses refuses it.
static inline bool whodiff_cell(cchar_t *cell, const uint32_t *scalars, int count, uint32_t attributes, int pair) {
  wchar_t text[CCHARW_MAX + 1] = {0};
  for (int i = 0; i < count && i < CCHARW_MAX; i++) text[i] = (wchar_t)scalars[i];
  return setcchar(cell, text, (attr_t)attributes, (short)pair, NULL) == OK;
}
static inline int whodiff_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

// One key that has arrived: 0 a character, 1 a KEY_ code, -1 nothing.
static inline int whodiff_key(uint32_t *value) {
  wint_t read = 0;
  int status = wget_wch(stdscr, &read);
  if (status == ERR) return -1;
  *value = (uint32_t)read;
  return status == KEY_CODE_YES ? 1 : 0;
}

// A string capability of the terminal, NULL where it has none.
static inline const char *whodiff_capability(const char *name) {
  const char *value = tigetstr(name);
  return value == (const char *)-1 ? NULL : value;
}

#undef lines
#undef columns
#undef tab
#undef bell
