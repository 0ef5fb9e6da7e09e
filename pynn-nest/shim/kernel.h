// SPDX-License-Identifier: GPL-2.0-or-later
//
// What all parts share: the state of the shim, errors, what is hidden from NEST.
// Part of pynn_nest.cpp.

#pragma once

#include "nest_headers.h"

namespace
{

struct SpikeRecord
{
  int64_t step;
  uint64_t node;
};

struct SampleRecord
{
  int64_t step;
  uint32_t device;
  uint32_t node;
  double value;
};

/** Connections from cells of other kernels and from spike sources, by source. */
struct Table
{
  std::vector< uint64_t > starts;
  std::vector< uint32_t > targets;
  std::vector< double > weights;
  std::vector< uint32_t > delays;
  /** NEST's receptors, and what their nodes call them; empty if all are 0. */
  std::vector< uint32_t > receptors;
  std::vector< uint32_t > ports;
  /** All targets are below this. */
  uint64_t nodes = 0;
};

std::string error_text;
std::string description;
std::vector< std::vector< SpikeRecord > > spikes;
std::vector< std::vector< SampleRecord > > samples;
std::vector< long > multimeters;
std::vector< nest::Node* > nodes;
/** By thread: the nodes that the shim updates itself, and what went wrong. Empty if there is one thread. */
std::vector< std::vector< nest::Node* > > driven;
std::vector< std::exception_ptr > failures;
Table table;

template < class Action >
int
guarded( Action action )
{
  try
  {
    action();
    return 0;
  }
  catch ( const std::exception& error )
  {
    error_text = error.what();
  }
  catch ( ... )
  {
    error_text = "an unknown exception";
  }
  if ( error_text.empty() )
  {
    error_text = "an exception without words";
  }
  return 1;
}

/** Hides what makes a NEST without MPI leave the process when it runs under mpirun. */
class HiddenLauncher
{
public:
  HiddenLauncher()
  {
    for ( const char* name : { "PMIX_RANK", "PMI_RANK" } )
    {
      if ( const char* value = std::getenv( name ) )
      {
        hidden_.push_back( { name, value } );
        unsetenv( name );
      }
    }
  }
  ~HiddenLauncher()
  {
    for ( const auto& variable : hidden_ )
    {
      setenv( variable.first.c_str(), variable.second.c_str(), 1 );
    }
  }

private:
  std::vector< std::pair< std::string, std::string > > hidden_;
};

}  // namespace
