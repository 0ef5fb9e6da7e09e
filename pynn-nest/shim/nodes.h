// SPDX-License-Identifier: GPL-2.0-or-later
//
// Nodes and what they are given.
// Part of pynn_nest.cpp.

#pragma once

#include "kernel.h"

/** Parameters of nodes: for each parameter, for each node, `lengths` values. */
struct Settings
{
  uint64_t count;
  const char* const* keys;
  const uint8_t* kinds;
  const uint64_t* lengths;
  const double* values;
};

namespace
{

const char* const CALCIUM = "tau_Ca";
/** How NEST has a parameter. */
enum Kind : uint8_t
{
  NUMBER,
  WHOLE,
  FLAG,
  NUMBERS,
  WHOLES
};

any_type
parameter( uint8_t kind, const double* values, uint64_t length )
{
  switch ( kind )
  {
  case WHOLE:
    return static_cast< long >( *values );
  case FLAG:
    return *values != 0;
  case NUMBERS:
    return std::vector< double >( values, values + length );
  case WHOLES:
    return std::vector< long >( values, values + length );
  default:
    return *values;
  }
}

/** How NEST has a parameter, or -1 for what is not set from here. */
int
kind_of( const any_type& value )
{
  return std::holds_alternative< double >( value ) ? NUMBER
    : std::holds_alternative< long >( value )      ? WHOLE
    : std::holds_alternative< bool >( value )      ? FLAG
    : std::holds_alternative< std::vector< double > >( value ) or std::holds_alternative< EmptyList >( value )
    ? NUMBERS
    : std::holds_alternative< std::vector< long > >( value ) ? WHOLES
                                                             : -1;
}

/** What a node calls a receptor for spikes. */
uint32_t
port_of( nest::Node& node, uint32_t receptor )
{
  nest::SpikeEvent event;
  return static_cast< uint32_t >( node.handles_test_event( event, receptor ) );
}

/** The settings of node number `node` of `nodes`. */
Dictionary
dictionary( const Settings& settings, uint64_t node, uint64_t nodes )
{
  Dictionary dict;
  const double* values = settings.values;
  for ( uint64_t k = 0; k < settings.count; ++k )
  {
    const uint64_t length = settings.lengths[ k ];
    dict[ settings.keys[ k ] ] = parameter( settings.kinds[ k ], values + node * length, length );
    values += nodes * length;
  }
  return dict;
}

}  // namespace

extern "C" {

/** Tells of a model: lines "parameter KIND NAME", "recordable NAME", "element NAME". */
int
pynn_nest_describe( const char* model, const char** text )
{
  return guarded( [ = ] {
    description.clear();
    const Dictionary defaults = nest::get_model_defaults( model );
    for ( const auto& [ key, entry ] : *defaults )
    {
      const int kind = kind_of( entry.item );
      if ( kind >= 0 )
      {
        description += "parameter " + std::to_string( kind ) + " " + key + "\n";
      }
      const auto* names = std::get_if< std::vector< std::string > >( &entry.item );
      if ( names and key == "recordables" )
      {
        for ( const std::string& name : *names )
        {
          description += "recordable " + name + "\n";
        }
      }
      const auto* word = std::get_if< std::string >( &entry.item );
      if ( word and key == "element_type" )
      {
        description += "element " + *word + "\n";
      }
    }
    *text = description.c_str();
  } );
}

/** The numbers that consecutive nodes have for `key`; NaN where there is none. */
int
pynn_nest_numbers( uint64_t first, uint64_t count, const char* key, double* values )
{
  return guarded( [ = ] {
    for ( uint64_t i = 0; i < count; ++i )
    {
      const Dictionary status = nest::get_node_status( first + i );
      values[ i ] = status.known( key ) and std::holds_alternative< double >( status.at( key ) )
        ? status.get< double >( key )
        : std::numeric_limits< double >::quiet_NaN();
    }
  } );
}

/** Whether spikes can go to `receptor` of a node: an error if not. */
int
pynn_nest_receives( uint64_t node, uint32_t receptor )
{
  return guarded( [ = ] { port_of( *nodes.at( node ), receptor ); } );
}

/** Makes `alias` a copy of `model` with other defaults. */
int
pynn_nest_copy_model( const char* model, const char* alias, const Settings* defaults )
{
  return guarded( [ = ] {
    Dictionary dict = dictionary( *defaults, 0, 1 );
    // At the end of every run NEST lets the calcium of structural plasticity decay in each node. Nothing here reads it, and
    // an exponential of 0 is quick.
    if ( not dict.known( CALCIUM ) and nest::get_model_defaults( model ).known( CALCIUM ) )
    {
      dict[ CALCIUM ] = 1e300;
    }
    nest::copy_model( model, alias, dict );
  } );
}

/** Creates `count` nodes with consecutive ids from `*first`. */
int
pynn_nest_create( const char* model, uint64_t count, uint64_t* first )
{
  return guarded( [ = ] {
    const auto created = nest::create( model, count );
    *first = ( *created )[ 0 ];
    nodes.resize( *first + count, nullptr );
    for ( uint64_t id = *first; id < *first + count; ++id )
    {
      nodes[ id ] = nest::kernel().node_manager.get_node_or_proxy( id );
    }
  } );
}

/** Sets parameters of consecutive nodes. */
int
pynn_nest_set( uint64_t first, uint64_t count, const Settings* settings )
{
  return guarded( [ = ] {
    for ( uint64_t i = 0; i < count; ++i )
    {
      nest::set_node_status( first + i, dictionary( *settings, i, count ) );
    }
  } );
}

/**
 * Makes Poisson generators, each by rate, start and end, and lets number `which[i]` send to node `first + i`: to each node a
 * train of its own.
 */
int
pynn_nest_generate( uint64_t first, uint64_t count, const uint32_t* which, uint64_t n, const double* generators, double delay )
{
  return guarded( [ = ] {
    const long device = ( *nest::create( "poisson_generator", n ) )[ 0 ];
    for ( uint64_t k = 0; k < n; ++k )
    {
      Dictionary dict;
      dict[ "rate" ] = generators[ 3 * k ];
      dict[ "start" ] = generators[ 3 * k + 1 ];
      dict[ "stop" ] = generators[ 3 * k + 2 ];
      nest::set_node_status( device + k, dict );
    }
    std::vector< long > devices( count ), cells( count );
    for ( uint64_t i = 0; i < count; ++i )
    {
      devices[ i ] = device + which[ i ];
      cells[ i ] = first + i;
    }
    const std::vector< double > weights( count, 1. ), delays( count, delay );
    nest::connect_arrays(
      devices.data(), cells.data(), weights.data(), delays.data(), {}, nullptr, count, "static_synapse" );
  } );
}

}  // extern "C"
