#pragma once
#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#include <locale.h>
#include <curses.h>
#include <term.h>

// C globals that Swift 6 does not let through as they are.
static inline WINDOW *whodiff_stdscr(void) { return stdscr; }
