// SPDX-License-Identifier: GPL-2.0-or-later
//
// A C face of the NEST kernel for pynn. The files of this folder include NEST's headers, so they come under NEST's licence,
// unlike the rest of pynn. They are compiled on the user's machine, against the user's NEST, when NEST is used for the first
// time.
//
// Functions return 0, or 1 with the reason in pynn_nest_error(). Node numbers are NEST's node ids.

#include "connections.h"
#include "nodes.h"
#include "recording.h"
#include "running.h"
