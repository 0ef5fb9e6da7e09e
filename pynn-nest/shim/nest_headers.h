// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is included of NEST and of the standard library.
// Part of pynn_nest.cpp.

#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <map>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <limits>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "connection_manager.h"
#include "device_node.h"
#include "event.h"
#include "event_delivery_manager.h"
#include "io_manager_impl.h"
#include "kernel_manager.h"
#include "nest.h"
#include "nest_impl.h"
#include "node.h"
#include "recording_backend.h"
#include "recording_device.h"
#include "simulation_manager.h"
