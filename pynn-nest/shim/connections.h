// SPDX-License-Identifier: GPL-2.0-or-later
//
// Connections within the kernel and from elsewhere, and what arrives by these.
// Part of pynn_nest.cpp.

#pragma once

#include "nodes.h"

namespace
{

/** How many events ahead a target is asked into the caches, and how many lines of it: about as many as a neuron has. */
const uint64_t EVENTS_AHEAD = 8;
const int LINES = 12;

}  // namespace

extern "C" {

/**
 * Sets the weights of `n` static connections, known by source, target, receptor, delay in steps and the weight before.
 * Those that have all of that in common are the same to the network.
 */
int
pynn_nest_reweigh( uint64_t n,
  const uint64_t* sources,
  const uint64_t* targets,
  const uint32_t* receptors,
  const uint32_t* delays,
  const double* before,
  const double* weights )
{
  return guarded( [ = ] {
    if ( n == 0 )
    {
      return;
    }
    std::map< std::tuple< uint64_t, uint64_t, uint32_t, uint32_t, double >, std::vector< double > > wanted;
    // From the last to the first: they are taken from the end.
    for ( uint64_t i = n; i-- > 0; )
    {
      wanted[ { sources[ i ], targets[ i ], receptors[ i ], delays[ i ], before[ i ] } ].push_back( weights[ i ] );
    }
    uint64_t done = 0;
    auto& connections = nest::kernel().connection_manager;
    for ( const nest::ConnectionID& id : nest::get_connections( Dictionary() ) )
    {
      const uint64_t source = id.get_source_node_id(), target = id.get_target_node_id();
      const auto first = wanted.lower_bound( { source, target, 0, 0, -std::numeric_limits< double >::infinity() } );
      if ( first == wanted.end() or std::get< 0 >( first->first ) != source or std::get< 1 >( first->first ) != target )
      {
        continue;
      }
      const Dictionary status = connections.get_synapse_status(
        source, target, id.get_target_thread(), id.get_synapse_model_id(), id.get_port() );
      const double steps = status.get< double >( "delay" ) / nest::Time::get_resolution().get_ms();
      const auto found = wanted.find( { source,
        target,
        static_cast< uint32_t >( status.get< long >( "receptor" ) ),
        static_cast< uint32_t >( std::lround( steps ) ),
        status.get< double >( "weight" ) } );
      if ( found == wanted.end() or found->second.empty() )
      {
        continue;
      }
      Dictionary weight;
      weight[ "weight" ] = found->second.back();
      found->second.pop_back();
      connections.set_synapse_status(
        source, target, id.get_target_thread(), id.get_synapse_model_id(), id.get_port(), weight );
      ++done;
    }
    if ( done != n )
    {
      throw nest::KernelException( "connections whose weights change are not there" );
    }
  } );
}

/** Connects pairs of nodes; delays in ms. */
int
pynn_nest_connect( uint64_t n,
  const int64_t* sources,
  const int64_t* targets,
  const double* weights,
  const double* delays,
  uint32_t receptor )
{
  static_assert( sizeof( long ) == sizeof( int64_t ), "NEST's node ids are 64 bits wide" );
  return guarded( [ = ] {
    std::vector< std::string > keys;
    std::vector< double > receptors;
    if ( receptor != 0 )
    {
      keys.push_back( "receptor_type" );
      receptors.assign( n, receptor );
    }
    nest::connect_arrays( reinterpret_cast< const long* >( sources ),
      reinterpret_cast< const long* >( targets ),
      weights,
      delays,
      keys,
      receptors.data(),
      n,
      "static_synapse" );
  } );
}

/**
 * The connections through which pynn_nest_inject acts: those of row i are at starts[i]..starts[i + 1]. `receptors` is null
 * if all are 0.
 */
int
pynn_nest_table( uint64_t rows,
  const uint64_t* starts,
  const uint32_t* targets,
  const double* weights,
  const uint32_t* delays,
  const uint32_t* receptors )
{
  return guarded( [ = ] {
    const uint64_t n = starts[ rows ];
    table.starts.assign( starts, starts + rows + 1 );
    table.targets.assign( targets, targets + n );
    table.weights.assign( weights, weights + n );
    table.delays.assign( delays, delays + n );
    table.receptors.assign( receptors, receptors ? receptors + n : receptors );
    table.ports.clear();
    table.nodes = 0;
    for ( const uint32_t target : table.targets )
    {
      table.nodes = std::max< uint64_t >( table.nodes, target + 1 );
    }
  } );
}

/**
 * Lets the sources of `rows` fire in `steps`, which may lie in the past. `now` is the number of steps done. Returns 2, and
 * the index of the spike in `*late`, if a spike should have acted by now.
 */
int
pynn_nest_inject( uint64_t n, const uint32_t* rows, const int64_t* steps, int64_t now, uint64_t* events, uint64_t* late )
{
  bool is_late = false;
  const int failed = guarded( [ &, n, rows, steps, now ] {
    if ( table.nodes > nodes.size() )
    {
      throw nest::KernelException( "a connection from elsewhere ends on a node that there is not" );
    }
    const auto& connections = nest::kernel().connection_manager;
    const int64_t horizon = nest::kernel().simulation_manager.get_slice_origin().get_steps()
      + connections.get_min_delay() + connections.get_max_delay();
    for ( uint64_t i = 0; i < n; ++i )
    {
      nest::SpikeEvent event;
      event.set_stamp( nest::Time::step( steps[ i ] ) );
      const uint64_t end = table.starts[ rows[ i ] + 1 ];
      for ( uint64_t k = table.starts[ rows[ i ] ]; k < end; ++k )
      {
        if ( steps[ i ] + table.delays[ k ] <= now )
        {
          is_late = true;
          *late = i;
          return;
        }
        if ( steps[ i ] + table.delays[ k ] > horizon )
        {
          throw nest::KernelException( "a spike lies further ahead than the longest delay" );
        }
        if ( k + EVENTS_AHEAD < end )
        {
          const char* ahead = reinterpret_cast< const char* >( nodes[ table.targets[ k + EVENTS_AHEAD ] ] );
          for ( int line = 0; line < LINES; ++line )
          {
            __builtin_prefetch( ahead + 64 * line );
          }
        }
        nest::Node* target = nodes[ table.targets[ k ] ];
        event.set_receiver( *target );
        event.set_rport( table.ports.empty() ? 0 : table.ports[ k ] );
        event.set_weight( table.weights[ k ] );
        event.set_delay_steps( table.delays[ k ] );
        target->handle( event );
      }
      *events += end - table.starts[ rows[ i ] ];
    }
  } );
  return is_late ? 2 : failed;
}

/** Lets weights arrive at nodes, by receptor, at the end of step `due`, which is not yet done. */
int
pynn_nest_arrive( uint64_t n, const uint32_t* targets, const uint32_t* ports, const double* weights, int64_t due )
{
  return guarded( [ = ] {
    nest::SpikeEvent event;
    event.set_stamp( nest::Time::step( due - 1 ) );
    event.set_delay_steps( 1 );
    for ( uint64_t i = 0; i < n; ++i )
    {
      if ( targets[ i ] >= nodes.size() )
      {
        throw nest::KernelException( "a weight for a node that there is not" );
      }
      nest::Node* target = nodes[ targets[ i ] ];
      event.set_receiver( *target );
      event.set_rport( ports[ i ] );
      event.set_weight( weights[ i ] );
      target->handle( event );
    }
  } );
}

/** Injects currents, in pA, into nodes during steps: all of them two or more after the last step that was done. */
int
pynn_nest_play( uint64_t n, const uint32_t* steps, const uint32_t* targets, const double* currents )
{
  return guarded( [ = ] {
    const auto& connections = nest::kernel().connection_manager;
    const int64_t horizon = nest::kernel().simulation_manager.get_slice_origin().get_steps()
      + connections.get_min_delay() + connections.get_max_delay();
    for ( uint64_t i = 0; i < n; ++i )
    {
      if ( targets[ i ] >= nodes.size() or steps[ i ] < 2 or steps[ i ] - 1 > horizon )
      {
        throw nest::KernelException( "a current for a node that there is not, or outside the input buffers" );
      }
      // Read at the end of the step before: due there.
      nest::CurrentEvent event;
      event.set_stamp( nest::Time::step( static_cast< long >( steps[ i ] ) - 2 ) );
      event.set_delay_steps( 1 );
      event.set_rport( 0 );
      event.set_weight( 1. );
      event.set_current( currents[ i ] );
      nest::Node* target = nodes[ targets[ i ] ];
      event.set_receiver( *target );
      target->handle( event );
    }
  } );
}

}  // extern "C"
